package ai.softlabel.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Where a snapshot stands within an epoch, as a checkpoint holds it. */
final class CheckpointWithin {
    /** The array of all replicas' sums, one after the other. */
    static final String SUMS = "replica_sums";

    private CheckpointWithin() {}

    static ObjectNode of(Snapshot.Within within) {
        ObjectNode node =
                new ObjectMapper().createObjectNode().put("step", within.step()).put("seconds", within.seconds());
        for (ReplicaState replica : within.replicas()) {
            ObjectNode own = node.withArray("replicas").addObject();
            own.put("window", replica.place().window());
            own.put("taken", replica.place().taken());
            // Numbers are written so that reading them gives the same bits.
            Arrays.stream(replica.gathered()).forEach(own.putArray("gathered")::add);
        }
        return node;
    }

    static float[] sums(Snapshot.Within within) {
        List<ReplicaState> replicas = within.replicas();
        int size = replicas.get(0).sums().length;
        float[] all = new float[size * replicas.size()];
        for (int i = 0; i < replicas.size(); i++) {
            System.arraycopy(replicas.get(i).sums(), 0, all, i * size, size);
        }
        return all;
    }

    /** @throws IOException where it is not what {@link #of} and {@link #sums} wrote together */
    static Snapshot.Within read(JsonNode node, Map<String, float[]> arrays) throws IOException {
        int step = node.path("step").asInt();
        double seconds = node.path("seconds").asDouble(-1);
        JsonNode replicas = node.path("replicas");
        float[] all = arrays.getOrDefault(SUMS, new float[0]);
        int statistics = arrays.getOrDefault("statistics", new float[0]).length;
        int size = replicas.isEmpty() ? 0 : all.length / replicas.size();
        if (step < 1
                || !(seconds >= 0)
                || replicas.isEmpty()
                || size != 0 && size != statistics
                || size * replicas.size() != all.length) {
            throw new IOException("expected a step, seconds and replicas of " + statistics + " statistics, found step "
                    + step + ", " + seconds + " s and " + replicas.size() + " replicas of " + size);
        }
        List<ReplicaState> out = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            JsonNode own = replicas.get(i);
            Place place =
                    new Place(own.path("window").asInt(-1), own.path("taken").asInt(-1));
            if (place.window() < 0 || place.taken() < 0) {
                throw new IOException("expected a place of at least 0 in the order, found " + place);
            }
            double[] gathered = new double[own.path("gathered").size()];
            for (int k = 0; k < gathered.length; k++) {
                gathered[k] = own.get("gathered").get(k).asDouble();
            }
            out.add(new ReplicaState(place, Arrays.copyOfRange(all, i * size, (i + 1) * size), gathered));
        }
        return new Snapshot.Within(step, seconds, List.copyOf(out));
    }
}
