/** History of each trigger, in bounded memory. */
@NullMarked
package io.github.redissessionscaler.history;

import org.jspecify.annotations.NullMarked;
