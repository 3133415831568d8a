package ai.softlabel.spark;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
 * any). Nothing that arrives is deserialised: a line of text, and numbers. The block manager would do, but reports each
 * block to the driver before it hands it out.
 */
final class Transport extends RpcHandler {
    private static Transport started;

    private final Map<String, Mailbox> boxes = new ConcurrentHashMap<>();
    private final StreamManager streams = new OneForOneStreamManager();
    private final TransportClientFactory clients;
    private final TransportServer server;

    /** This process's, started when first asked for; it ends with the process. */
    static synchronized Transport get() {
        if (started == null) {
            started = of(SparkEnv.get());
        }
        return started;
    }

    private static Transport of(SparkEnv env) {
        SparkConf conf = env.conf();
        SecurityManager security = env.securityManager();
        TransportConf settings = SparkTransportConf.fromSparkConf(
                conf, "softlabel", 0, Option.empty(), Option.apply(security.getRpcSSLOptions()));
        return new Transport(
                conf, settings, security, env.blockManager().blockManagerId().host());
    }

    /** @param host where it listens */
    Transport(SparkConf conf, TransportConf settings, SecurityManager security, String host) {
        boolean guarded = security.isAuthenticationEnabled();
        TransportContext context = new TransportContext(settings, this);
        clients = context.createClientFactory(
                guarded ? List.of(new AuthClientBootstrap(settings, conf.getAppId(), security)) : List.of());
        Function1<Object, Tuple2<TransportServer, Object>> listen = port -> {
            TransportServer s = context.createServer(
                    host, (Integer) port, guarded ? List.of(new AuthServerBootstrap(settings, security)) : List.of());
            return new Tuple2<>(s, s.getPort());
        };
        server = started(conf, listen)._1();
    }

    /**
     * On the configured port or a free one after it; the settings' declared type is another in Spark 4.0 than since.
     */
    @SuppressWarnings("unchecked")
    private static Tuple2<TransportServer, Object> started(
            SparkConf conf, Function1<Object, Tuple2<TransportServer, Object>> listen) {
        Method start = Arrays.stream(Utils.class.getMethods())
                .filter(m -> m.getName().equals("startServiceOnPort") && m.getParameterTypes()[2].isInstance(conf))
                .findFirst()
                .orElseThrow();
        try {
            return (Tuple2<TransportServer, Object>)
                    start.invoke(null, conf.getInt("spark.softlabel.port", 0), listen, conf, "Softlabel");
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return server.getPort();
    }

    /** Begins to take in what is sent to a box; what comes for one that is not open is thrown away. */
    synchronized Mailbox open(String name, Mailbox.Limits limits) {
        Mailbox box = boxes.computeIfAbsent(name, n -> new Mailbox(n, limits, this));
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
        clients.createClient(to.host(), to.port())
                .uploadStream(
                        new NioManagedBuffer(letter.bytes()), new NioManagedBuffer(bytes), new RpcResponseCallback() {
                            @Override
                            public void onSuccess(ByteBuffer response) {}

                            @Override
                            public void onFailure(Throwable cause) {
                                failed.accept(cause);
                            }
                        });
    }

    @Override
    public StreamCallbackWithID receiveStream(TransportClient client, ByteBuffer head, RpcResponseCallback answer) {
        Letter letter = Letter.of(head);
        Mailbox box = letter == null ? null : boxes.get(letter.box());
        ByteBuffer bytes = box == null ? null : box.room(letter);
        return bytes == null ? new Ignored() : new Arriving(box, letter, bytes);
    }

    /**
     * What nobody waits for: a stage's that has ended, a stranger's. Its sender is told nothing, so that nobody learns
     * which mailboxes there are.
     */
    private static final class Ignored implements StreamCallbackWithID {
        @Override
        public String getID() {
            return "ignored";
        }

        @Override
        public void onData(String id, ByteBuffer part) {}

        @Override
        public void onComplete(String id) {}

        @Override
        public void onFailure(String id, Throwable cause) {}
    }

    /** A message for which there is room. The library answers the sender when it is complete. */
    private static final class Arriving implements StreamCallbackWithID {
        private final Mailbox box;
        private final Letter letter;
        private final ByteBuffer bytes;
        private boolean ended;

        Arriving(Mailbox box, Letter letter, ByteBuffer bytes) {
            this.box = box;
            this.letter = letter;
            this.bytes = bytes;
        }

        @Override
        public String getID() {
            return letter.kind();
        }

        @Override
        public void onData(String id, ByteBuffer part) throws IOException {
            if (part.remaining() > bytes.remaining()) {
                throw new IOException("expected a message of " + letter.size() + " bytes, found more");
            }
            bytes.put(part);
        }

        @Override
        public void onComplete(String id) throws IOException {
            if (bytes.hasRemaining()) {
                throw new IOException("expected a message of " + letter.size() + " bytes, found " + bytes.position());
            }
            if (!ended) {
                ended = true;
                box.put(letter, bytes.flip());
            }
        }

        @Override
        public void onFailure(String id, Throwable cause) {
            // A broken connection is no news here: its sender's own failure, or Spark's word that it is gone, ends the
            // stage. The library may say it twice.
            if (!ended) {
                ended = true;
                box.drop(letter, bytes);
            }
        }
    }

    @Override
    public void receive(TransportClient client, ByteBuffer message, RpcResponseCallback answer) {
        answer.onFailure(new UnsupportedOperationException("expected a stream"));
    }

    /** Ends it; for one that is not the process's. */
    void stop() {
        clients.close();
        server.close();
    }

    @Override
    public StreamManager getStreamManager() {
        return streams;
    }
}
