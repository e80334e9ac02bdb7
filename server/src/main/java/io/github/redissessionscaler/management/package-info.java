/** The HTTP server: probes, metrics and the status page. */
@NullMarked
package io.github.redissessionscaler.management;

import org.jspecify.annotations.NullMarked;
