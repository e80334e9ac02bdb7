/** Certificates and keys in every form in which they come. */
@NullMarked
package io.github.redissessionscaler.tls;

import org.jspecify.annotations.NullMarked;
