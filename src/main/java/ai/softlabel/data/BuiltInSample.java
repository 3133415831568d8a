package ai.softlabel.data;

import ai.softlabel.Seeds;
import ai.softlabel.data.Listing.Official;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * The built-in sample: 37 made-up breeds drawn by this program in the pets layout, so that the job runs without any
 * data. A breed has a coat's hue, a pattern and a shape of ears; a picture varies place, size, turn, light and
 * background. Breeds 1 to 12 are cats (capital initial). Nothing in it is random but by the picture's name.
 */
public final class BuiltInSample implements Source {
    private static final long serialVersionUID = 1;
    private static final int BREEDS = 37;
    private static final int CATS = 12;
    private static final int TRAIN = 24;
    private static final int TEST = 8;
    private static final int SIZE = 160;

    private BuiltInSample() {}

    static Labelling list(Lister lister) {
        List<String> classes = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        for (int breed = 0; breed < BREEDS; breed++) {
            String name = name(breed);
            classes.add(name);
            for (int i = 1; i <= TRAIN + TEST; i++) {
                Official part = i <= TRAIN ? Official.TRAIN : Official.TEST;
                String path = "images/" + name + "_" + i + ".jpg";
                outcomes.add(Outcome.of(outcomes.size(), new PackedFile.Row(path, name, part.name(), 1, null)));
            }
        }
        return new Labelling(classes, lister.of(outcomes), new BuiltInSample(), true, new Order(false), null);
    }

    private static String name(int breed) {
        String[] starts = {"bar", "cor", "dal", "fen", "gri", "hol", "jas"};
        String[] ends = {"low", "mint", "nock", "pell", "quin", "rush"};
        String name = starts[breed % 7] + ends[breed / 7];
        return breed < CATS ? name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) : name;
    }

    @Override
    public byte[] read(String path) throws IOException {
        String stem = path.substring(path.lastIndexOf('/') + 1, path.lastIndexOf('.'));
        String wanted = stem.substring(0, stem.lastIndexOf('_'));
        int breed = 0;
        while (!name(breed).equals(wanted)) {
            breed++;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(draw(breed, Seeds.stream(1, "sample", stem)), "jpg", out);
        return out.toByteArray();
    }

    private static BufferedImage draw(int breed, SplittableRandom r) {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setColor(Color.getHSBColor((float) r.nextDouble(), 0.25f, (float) (0.5 + 0.4 * r.nextDouble())));
        g.fillRect(0, 0, SIZE, SIZE);
        for (int i = 0; i < 12; i++) {
            g.setColor(Color.getHSBColor((float) r.nextDouble(), 0.3f, (float) (0.4 + 0.5 * r.nextDouble())));
            int side = 10 + r.nextInt(40);
            g.fillOval(r.nextInt(SIZE), r.nextInt(SIZE), side, side);
        }
        AffineTransform place = AffineTransform.getTranslateInstance(
                SIZE * (0.4 + 0.2 * r.nextDouble()), SIZE * (0.4 + 0.2 * r.nextDouble()));
        place.rotate(0.5 * (r.nextDouble() - 0.5));
        double scale = SIZE * (0.28 + 0.1 * r.nextDouble());
        place.scale(scale, scale);
        g.transform(place);
        float hue = (breed * 7 % BREEDS) / (float) BREEDS + (float) (0.02 * (r.nextDouble() - 0.5));
        float light = (float) (0.7 + 0.25 * r.nextDouble());
        Area head = new Area(new Ellipse2D.Double(-1, -0.9, 2, 1.9));
        head.add(new Area(ear(breed % 3, -1)));
        head.add(new Area(ear(breed % 3, 1)));
        g.setColor(Color.getHSBColor(hue, 0.8f, light));
        g.fill(head);
        g.setColor(Color.getHSBColor(hue + 0.5f, 0.6f, 0.35f));
        g.setClip(head);
        pattern(g, breed % 4);
        g.setClip(null);
        g.setColor(Color.BLACK);
        g.fill(new Ellipse2D.Double(-0.5, -0.3, 0.25, 0.3));
        g.fill(new Ellipse2D.Double(0.25, -0.3, 0.25, 0.3));
        g.fill(new Ellipse2D.Double(-0.12, 0.2, 0.24, 0.16));
        g.dispose();
        return image;
    }

    private static Shape ear(int kind, int side) {
        Path2D ear = new Path2D.Double();
        ear.moveTo(side * 0.3, -0.8);
        if (kind == 0) {
            ear.lineTo(side * 0.9, -1.5);
        } else if (kind == 1) {
            ear.quadTo(side * 1.3, -1.7, side * 1.1, -0.4);
        } else {
            ear.curveTo(side * 1.9, -0.9, side * 1.5, 0.9, side * 1.0, 0.3);
        }
        ear.lineTo(side * 0.9, -0.3);
        ear.closePath();
        return ear;
    }

    private static void pattern(Graphics2D g, int kind) {
        g.setStroke(new BasicStroke(0.12f));
        for (double at = -1.2; at <= 1.2 && kind != 0; at += 0.4) {
            switch (kind) {
                case 1 -> g.draw(new java.awt.geom.Line2D.Double(at, -1.6, at, 1));
                case 2 -> g.draw(new java.awt.geom.Line2D.Double(-1.5, at, 1.5, at + 0.3));
                default -> {
                    for (double y = -1.2; y <= 1.2; y += 0.45) {
                        g.fill(new Ellipse2D.Double(at, y, 0.18, 0.18));
                    }
                }
            }
        }
    }
}
