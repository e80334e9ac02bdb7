/** What the documentation says, compared with what is true. */
@NullMarked
package io.github.redissessionscaler.docs;

import org.jspecify.annotations.NullMarked;
