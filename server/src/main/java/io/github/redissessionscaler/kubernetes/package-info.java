/** Reads HPAs, ScaledObjects and their events from the Kubernetes API. Its classes are loaded only if the configuration wants it. */
@NullMarked
package io.github.redissessionscaler.kubernetes;

import org.jspecify.annotations.NullMarked;
