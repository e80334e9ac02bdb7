package io.github.redissessionscaler.testing;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What is on the heap of this process after a full garbage collection, as the JVM counts it.
 *
 * @param instances by the name of the class
 * @param bytes of all of them
 */
public record LiveObjects(Map<String, Long> instances, long bytes) {

    private static final Pattern LINE =
            Pattern.compile("\\s*\\d+:\\s+(?<instances>\\d+)\\s+(?<bytes>\\d+)\\s+(?<name>\\S+).*");

    /** Collects garbage and counts what is left. */
    public static LiveObjects count() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            String histogram = (String) server.invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
            return parse(String.valueOf(histogram));
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private static LiveObjects parse(String histogram) {
        Map<String, Long> instances = new HashMap<>();
        long bytes = 0;
        for (String line : histogram.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                instances.merge(matcher.group("name"), Long.parseLong(matcher.group("instances")), Long::sum);
                bytes += Long.parseLong(matcher.group("bytes"));
            }
        }
        if (instances.isEmpty()) {
            throw new IllegalStateException("the JVM counts no objects: " + histogram);
        }
        return new LiveObjects(Map.copyOf(instances), bytes);
    }

    /** How many there are of the class. */
    public long of(String className) {
        return instances.getOrDefault(className, 0L);
    }
}
