package ai.softlabel.spark;

import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.netty.SparkTransportConf;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.util.TransportConf;
import scala.Option;

/** Ends of the executors' transport without a Spark application, in one process. */
public final class Loopback implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    final Transport transport;

    private Loopback(SparkConf conf) {
        transport = new Transport(conf, settings(conf), security(conf), HOST);
    }

    /** An end that anybody can write to. */
    public static Loopback open() {
        return new Loopback(new SparkConf(false).set("spark.app.id", "open"));
    }

    /** An end that takes messages only of who knows its application's secret. */
    static Loopback guarded(String secret) {
        return new Loopback(guardedConf(secret));
    }

    private static SparkConf guardedConf(String secret) {
        return new SparkConf(false)
                .set("spark.app.id", "guarded")
                .set("spark.authenticate", "true")
                .set("spark.authenticate.secret", secret)
                .set("spark.network.crypto.enabled", "true");
    }

    private static TransportConf settings(SparkConf conf) {
        return SparkTransportConf.fromSparkConf(conf, "softlabel", 1, Option.empty(), Option.empty());
    }

    private static SecurityManager security(SparkConf conf) {
        return new SecurityManager(conf, Option.empty(), SecurityManager.$lessinit$greater$default$3()) {
            /** The settings' own: Spark prefers the secret of an application that ran in this process before. */
            @Override
            public String getSecretKey() {
                return conf.get("spark.authenticate.secret", null);
            }
        };
    }

    /** How it is reached. */
    public Peer peer(String executor) {
        return new Peer(executor, HOST, transport.port());
    }

    /** Opens a mailbox. */
    public Mailbox mailbox(String name, Mailbox.Limits limits) {
        return transport.open(name, limits);
    }

    /** A connection to it of someone who belongs to no application. */
    TransportClient stranger() throws Exception {
        return new TransportContext(settings(new SparkConf(false)), new NoOpRpcHandler())
                .createClientFactory()
                .createClient(HOST, transport.port());
    }

    @Override
    public void close() {
        transport.stop();
    }
}
