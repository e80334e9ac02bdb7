/** Tests of what the scaler measures of itself. */
@NullMarked
package io.github.redissessionscaler.telemetry;

import org.jspecify.annotations.NullMarked;
