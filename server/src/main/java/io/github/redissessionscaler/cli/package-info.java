/** The commands, the only user of standard output and of exit. */
@NullMarked
package io.github.redissessionscaler.cli;

import org.jspecify.annotations.NullMarked;
