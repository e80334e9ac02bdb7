package io.github.redissessionscaler.telemetry;

/** How much of each trigger a scrape contains. */
public enum ScrapeDetail {

    /** What the dashboard and the alerts of the chart use; some metrics only while they are above 0. */
    USUAL,

    /** Everything. */
    ALL
}
