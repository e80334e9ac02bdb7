/** The commands. Only this package writes to standard output and ends the process. */
@NullMarked
package io.github.redissessionscaler.cli;

import org.jspecify.annotations.NullMarked;
