package ai.softlabel.cli;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.command.audit.AuditJob;
import ai.softlabel.command.audit.AuditSettings;
import ai.softlabel.command.bench.BenchJob;
import ai.softlabel.command.bench.BenchSettings;
import ai.softlabel.command.bench.DecodeJob;
import ai.softlabel.command.bench.ScalingJob;
import ai.softlabel.command.bench.SizeJob;
import ai.softlabel.command.bench.WholeJob;
import ai.softlabel.command.calibrate.CalibrateJob;
import ai.softlabel.command.calibrate.CalibrateSettings;
import ai.softlabel.command.compare.CompareJob;
import ai.softlabel.command.compare.CompareSettings;
import ai.softlabel.command.evaluate.EvaluateJob;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.export.ExportJob;
import ai.softlabel.command.export.ExportSettings;
import ai.softlabel.command.export.Int8Job;
import ai.softlabel.command.findlr.FindLrJob;
import ai.softlabel.command.findlr.FindLrSettings;
import ai.softlabel.command.inspect.InspectJob;
import ai.softlabel.command.inspect.InspectSettings;
import ai.softlabel.command.pack.PackJob;
import ai.softlabel.command.pack.PackSettings;
import ai.softlabel.command.predict.PredictJob;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.command.predict.WatchJob;
import ai.softlabel.command.report.ReportJob;
import ai.softlabel.command.report.ReportSettings;
import ai.softlabel.command.study.StudyJob;
import ai.softlabel.command.study.StudySettings;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Phases;
import ai.softlabel.pipeline.Session;
import ai.softlabel.run.Build;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entry point, for spark-submit: {@code softlabel COMMAND [options]}. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) {
        int status = run(List.of(arguments)).code();
        // In cluster mode Spark treats a call of System.exit as a failure, so exit only with a status other than 0.
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Runs a command. A failure is printed as one line to standard error. */
    static ExitStatus run(List<String> arguments) {
        try {
            dispatch(arguments);
            return ExitStatus.DONE;
        } catch (Throwable t) {
            JobException failure = CommandFailure.of(t);
            System.err.println("softlabel: " + failure.getMessage());
            LOG.debug("the failure's trace", t);
            return failure.status();
        }
    }

    private static void dispatch(List<String> arguments) throws IOException {
        Phases phases = Phases.sinceLaunch();
        if (arguments.isEmpty() || arguments.equals(List.of("--help")) || arguments.equals(List.of("help"))) {
            System.out.print(Help.general());
            return;
        }
        if (arguments.equals(List.of("--version"))) {
            System.out.println("softlabel " + Build.current().version() + " ("
                    + Build.current().git() + ")");
            return;
        }
        Command command = Arrays.stream(Command.values())
                .filter(c -> c.word().equals(arguments.get(0)))
                .findFirst()
                .orElseThrow(() -> JobException.options(
                        "expected one of the commands %s, found %s; see softlabel --help",
                        Arrays.stream(Command.values()).map(Command::word).toList(), arguments.get(0)));
        List<String> rest = new ArrayList<>(arguments.subList(1, arguments.size()));
        if (rest.contains("--help")) {
            System.out.print(Help.of(command));
            return;
        }
        if (command.operand() != null && !rest.isEmpty() && !rest.get(0).startsWith("-")) {
            rest.add(0, "--" + command.operand());
        }
        Values values = new Values(command, Arguments.parse(command, rest), Profiles.standard());
        HereJob here = here(command, values);
        if (here != null) {
            try (ConsoleProgress console = console()) {
                here.run(console);
            }
            return;
        }
        if (command == Command.BENCH) {
            BenchSettings settings = BenchOptions.read(values);
            if (settings.manyClusters()) {
                new ScalingJob(settings, System.out).run();
                return;
            } else if (settings.which().equals(BenchSettings.DECODE)) {
                new DecodeJob(settings, System.out).run();
                return;
            }
        }
        // Settings are read and checked before Spark starts.
        Job job = job(command, values);
        try (Session session = Session.start(command.word(), values.text("master"), phases);
                ConsoleProgress console = console()) {
            job.run(session, console);
        }
    }

    /** A command that runs on Spark. */
    @FunctionalInterface
    private interface Job {
        void run(Session session, ConsoleProgress console) throws IOException;
    }

    /** A command that does not start Spark. */
    @FunctionalInterface
    private interface HereJob {
        void run(ConsoleProgress console) throws IOException;
    }

    /** The command's job, or null for a command that runs on Spark. */
    private static HereJob here(Command command, Values values) {
        switch (command) {
            case EXPORT -> {
                ExportSettings settings = ScoringOptions.export(values);
                return settings.int8() != null ? null : console -> new ExportJob(settings, console).run();
            }
            case COMPARE -> {
                CompareSettings settings = SettingsReader.compare(values);
                return console -> new CompareJob(settings, console).run();
            }
            case REPORT -> {
                ReportSettings settings = SettingsReader.report(values);
                return console -> new ReportJob(settings, console).run();
            }
            default -> {
                return null;
            }
        }
    }

    private static Job job(Command command, Values values) {
        switch (command) {
            case TRAIN -> {
                TrainSettings settings = SettingsReader.train(values);
                return (session, console) -> new TrainJob(settings, session, console).run();
            }
            case EVALUATE -> {
                EvaluateSettings settings = ScoringOptions.evaluate(values);
                return (session, console) -> new EvaluateJob(settings, session, console).run();
            }
            case PREDICT -> {
                PredictSettings settings = ScoringOptions.predict(values);
                return (session, console) -> {
                    if (settings.watch()) {
                        new WatchJob(settings, session, console).run();
                    } else {
                        new PredictJob(settings, session, console).run();
                    }
                };
            }
            case INSPECT -> {
                InspectSettings settings = SettingsReader.inspect(values);
                return (session, console) -> new InspectJob(settings, session, console).run();
            }
            case AUDIT -> {
                AuditSettings settings = SettingsReader.audit(values);
                return (session, console) -> new AuditJob(settings, session, console).run();
            }
            case PACK -> {
                PackSettings settings = SettingsReader.pack(values);
                return (session, console) -> new PackJob(settings, session, console).run();
            }
            case STUDY -> {
                StudySettings settings = StudyOptions.read(values);
                return (session, console) -> new StudyJob(settings, session, console).run();
            }
            case CALIBRATE -> {
                CalibrateSettings settings = SettingsReader.calibrate(values);
                return (session, console) -> new CalibrateJob(settings, session, console).run();
            }
            case BENCH -> {
                BenchSettings settings = BenchOptions.read(values);
                if (settings.which().equals(BenchSettings.JOB)) {
                    TrainSettings whole = BenchOptions.job(values);
                    return (session, console) -> new WholeJob(whole, session, System.out).run();
                }
                return settings.ofSize()
                        ? (session, console) -> new SizeJob(settings, session, System.out).run()
                        : (session, console) -> new BenchJob(settings, session, System.out).run();
            }
            case FIND_LR -> {
                FindLrSettings settings = SettingsReader.search(values);
                return (session, console) -> new FindLrJob(settings, session, console).run();
            }
            case EXPORT -> {
                ExportSettings settings = ScoringOptions.export(values);
                return (session, console) -> new Int8Job(settings, session, console).run();
            }
            // Without Spark: see above. No default, so that the compiler names a command that has no job.
            case COMPARE, REPORT -> {}
        }
        throw new IllegalArgumentException(command + " does not run on Spark");
    }

    private static ConsoleProgress console() {
        String terminal = System.getenv("SOFTLABEL_TERMINAL");
        return new ConsoleProgress(System.out, terminal == null ? System.console() != null : terminal.equals("true"));
    }
}
