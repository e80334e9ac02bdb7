/** A defect of user input, worded for the person who can mend it. */
@NullMarked
package io.github.redissessionscaler.problem;

import org.jspecify.annotations.NullMarked;
