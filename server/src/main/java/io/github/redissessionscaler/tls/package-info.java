/** Certificates and private keys out of PEM files. */
@NullMarked
package io.github.redissessionscaler.tls;

import org.jspecify.annotations.NullMarked;
