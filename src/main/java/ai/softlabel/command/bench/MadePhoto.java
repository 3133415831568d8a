package ai.softlabel.command.bench;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Drawn pictures of 12 megapixels with waves, edges and a sensor's noise, about as many bytes as a camera's. */
final class MadePhoto {
    static final int WIDTH = 4000;
    static final int HEIGHT = 3000;

    private static final float QUALITY = 0.9f;
    private static final int NOISE = 7;

    private MadePhoto() {}

    /** A picture as a JPEG; each number has its own. */
    static byte[] jpeg(int number) throws IOException {
        SplittableRandom random = new SplittableRandom(number);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        double[] across = new double[WIDTH];
        double[] fine = new double[WIDTH];
        for (int x = 0; x < WIDTH; x++) {
            across[x] = 50 * Math.sin(x / (30.0 + number));
            fine[x] = 30 * Math.sin(x * x / 44_000.0);
        }
        int[] row = new int[WIDTH];
        for (int y = 0; y < HEIGHT; y++) {
            double down = Math.cos(y / 47.0);
            for (int x = 0; x < WIDTH; x++) {
                int noise = random.nextInt(2 * NOISE + 1) - NOISE;
                double wave = across[x] * down + fine[(x + 3 * y) % WIDTH];
                int edge = (x / 200 + y / 130) % 2 == 0 ? 30 : -20;
                row[x] = level(128 + wave + edge + noise) << 16
                        | level(110 + 0.7 * wave + 60.0 * x / WIDTH + noise) << 8
                        | level(100 - 0.5 * wave - edge + noise);
            }
            image.setRGB(0, y, WIDTH, 1, row, 0, WIDTH);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            ImageWriteParam quality = writer.getDefaultWriteParam();
            quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            quality.setCompressionQuality(QUALITY);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), quality);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    private static int level(double value) {
        return (int) Math.min(Math.max(value, 0), 255);
    }
}
