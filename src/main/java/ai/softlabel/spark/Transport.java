package ai.softlabel.spark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.StreamCallbackWithID;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.netty.SparkTransportConf;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.util.TransportConf;
import org.apache.spark.util.Utils;
import scala.Function1;
import scala.Option;
import scala.Tuple2;

/**
 * This process's end of what executors push to each other: Spark's network library, with the application's
 * authentication and encryption, on a port of its own beside the block manager's ({@code spark.softlabel.port}, 0 for
 * any). The block manager would do, but reports each block to the driver before it hands it out.
 */
final class Transport extends RpcHandler {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static Transport started;

    private final Map<String, Mailbox> boxes = new ConcurrentHashMap<>();
    private final StreamManager streams = new OneForOneStreamManager();
    private final TransportClientFactory clients;
    private final TransportServer server;

    /** This process's, started when first asked for; it ends with the process. */
    static synchronized Transport get() {
        if (started == null) {
            started = new Transport(SparkEnv.get());
        }
        return started;
    }

    private Transport(SparkEnv env) {
        SparkConf conf = env.conf();
        SecurityManager security = env.securityManager();
        TransportConf settings = SparkTransportConf.fromSparkConf(
                conf, "softlabel", 0, Option.empty(), Option.apply(security.getRpcSSLOptions()));
        boolean guarded = security.isAuthenticationEnabled();
        TransportContext context = new TransportContext(settings, this);
        clients = context.createClientFactory(
                guarded ? List.of(new AuthClientBootstrap(settings, conf.getAppId(), security)) : List.of());
        String host = env.blockManager().blockManagerId().host();
        Function1<Object, Tuple2<TransportServer, Object>> listen = port -> {
            TransportServer s = context.createServer(
                    host, (Integer) port, guarded ? List.of(new AuthServerBootstrap(settings, security)) : List.of());
            return new Tuple2<>(s, s.getPort());
        };
        server = Utils.startServiceOnPort(conf.getInt("spark.softlabel.port", 0), listen, conf, "Softlabel")
                ._1();
    }

    int port() {
        return server.getPort();
    }

    /** Begins to take in what is sent to a box; what comes for one that is not open is thrown away. */
    synchronized Mailbox open(String name) {
        Mailbox box = boxes.computeIfAbsent(name, n -> new Mailbox(n, this));
        box.users++;
        return box;
    }

    /** To be called once for each {@link #open}; the last closes the box. */
    synchronized void close(Mailbox box) {
        if (--box.users == 0) {
            boxes.remove(box.name);
        }
    }

    /**
     * Pushes bytes, which must not change until they have arrived.
     *
     * @param failed is told, from another thread, where they did not
     * @throws IOException where the other end can't be reached
     */
    void push(Peer to, Letter letter, ByteBuffer bytes, Consumer<Throwable> failed)
            throws IOException, InterruptedException {
        ByteBuffer head = ByteBuffer.wrap(letter.text().getBytes(StandardCharsets.UTF_8));
        clients.createClient(to.host(), to.port())
                .uploadStream(new NioManagedBuffer(head), new NioManagedBuffer(bytes), new RpcResponseCallback() {
                    @Override
                    public void onSuccess(ByteBuffer response) {}

                    @Override
                    public void onFailure(Throwable cause) {
                        failed.accept(cause);
                    }
                });
    }

    /** What stands on a message: {@code number} and {@code from} are the sender's, {@code size} is in bytes. */
    record Letter(String box, String kind, int number, int from, int size) {
        private String text() {
            return String.join(" ", box, kind, String.valueOf(number), String.valueOf(from), String.valueOf(size));
        }

        private static Letter of(ByteBuffer text) {
            String[] fields = StandardCharsets.UTF_8.decode(text).toString().split(" ");
            return new Letter(
                    fields[0],
                    fields[1],
                    Integer.parseInt(fields[2]),
                    Integer.parseInt(fields[3]),
                    Integer.parseInt(fields[4]));
        }
    }

    @Override
    public StreamCallbackWithID receiveStream(TransportClient client, ByteBuffer head, RpcResponseCallback answer) {
        Letter letter = Letter.of(head);
        Mailbox box = boxes.get(letter.box());
        ByteBuffer bytes = box == null ? null : box.room(letter);
        return new StreamCallbackWithID() {
            @Override
            public String getID() {
                return letter.text();
            }

            @Override
            public void onData(String id, ByteBuffer part) {
                if (bytes != null) {
                    bytes.put(part);
                }
            }

            @Override
            public void onComplete(String id) {
                if (bytes != null) {
                    box.put(letter, bytes.flip());
                }
                answer.onSuccess(NOTHING.duplicate());
            }

            @Override
            public void onFailure(String id, Throwable cause) {
                // The sender's connection broke: its own failure, or Spark's word that it is gone, ends the stage.
            }
        };
    }

    @Override
    public void receive(TransportClient client, ByteBuffer message, RpcResponseCallback answer) {
        answer.onFailure(new UnsupportedOperationException("expected a stream"));
    }

    @Override
    public StreamManager getStreamManager() {
        return streams;
    }
}
