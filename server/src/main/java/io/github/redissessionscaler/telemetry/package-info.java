/** The names of metrics, and what records them. */
@NullMarked
package io.github.redissessionscaler.telemetry;

import org.jspecify.annotations.NullMarked;
