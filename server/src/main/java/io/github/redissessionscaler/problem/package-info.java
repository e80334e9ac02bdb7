/** A defect of user input, worded for the person who can mend it, and the forms of input that all parts share. */
@NullMarked
package io.github.redissessionscaler.problem;

import org.jspecify.annotations.NullMarked;
