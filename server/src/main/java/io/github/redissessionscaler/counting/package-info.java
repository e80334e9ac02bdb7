/** Numbers that Redis keeps itself, and what a count consists of. */
@NullMarked
package io.github.redissessionscaler.counting;

import org.jspecify.annotations.NullMarked;
