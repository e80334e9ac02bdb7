/** Streams: when a message is sent on them. */
@NullMarked
package io.github.redissessionscaler.push;

import org.jspecify.annotations.NullMarked;
