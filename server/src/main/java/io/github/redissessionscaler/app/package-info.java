/** Puts the parts together, starts and stops them. */
@NullMarked
package io.github.redissessionscaler.app;

import org.jspecify.annotations.NullMarked;
