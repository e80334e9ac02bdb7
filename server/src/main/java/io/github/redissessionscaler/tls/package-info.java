/** Certificates and private keys from PEM files. */
@NullMarked
package io.github.redissessionscaler.tls;

import org.jspecify.annotations.NullMarked;
