package ai.softlabel.loss;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A known loss: how it is named, and how it is made of its parameters.
 *
 * @param name as it is given on the command line
 * @param meaning what it computes, in one line
 * @param parameters in the order in which they are listed
 * @param maker makes the loss of a value for each parameter
 */
public record LossType(
        String name, String meaning, List<LossParameter> parameters, Function<Map<String, Double>, Loss> maker) {
    /**
     * The loss with these parameters, and the standard value of each that is not given.
     *
     * @throws IllegalArgumentException where a parameter is not one of the loss's, or outside its range
     */
    public Loss of(Map<String, Double> given) {
        for (String key : given.keySet()) {
            if (parameters.stream().noneMatch(p -> p.name().equals(key))) {
                throw new IllegalArgumentException("expected one of "
                        + parameters.stream().map(LossParameter::name).toList() + " as a parameter of the loss " + name
                        + ", found " + key + "; leave it out or choose another loss");
            }
        }
        Map<String, Double> values = new LinkedHashMap<>();
        for (LossParameter p : parameters) {
            double value = given.getOrDefault(p.name(), p.standard());
            if (!p.allows(value)) {
                throw new IllegalArgumentException("expected " + p.name() + " of the loss " + name + " in " + p.range()
                        + ", found " + LossParameter.number(value) + "; " + p.name() + " is " + p.meaning()
                        + ", by default " + LossParameter.number(p.standard()));
            }
            values.put(p.name(), value);
        }
        return maker.apply(values);
    }
}
