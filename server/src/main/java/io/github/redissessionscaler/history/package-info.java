/** What became of each trigger over the last hours, in bounded memory. */
@NullMarked
package io.github.redissessionscaler.history;

import org.jspecify.annotations.NullMarked;
