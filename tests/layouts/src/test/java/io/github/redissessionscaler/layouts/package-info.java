/** Sessions as the libraries themselves write them. */
package io.github.redissessionscaler.layouts;
