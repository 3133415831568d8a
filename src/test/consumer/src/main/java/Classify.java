import ai.softlabel.api.Classifier;
import java.nio.file.Path;

public class Classify {
    public static void main(String[] args) {
        try (Classifier classifier = Classifier.load(args[0])) {
            var answer = classifier.classify(Path.of(args[1]));
            System.out.println(answer.label() + " " + answer.probability());
        }
    }
}
