/** A web application with sessions, and a stand-in for KEDA and the HPA, that play one day in some minutes. */
@NullMarked
package io.github.redissessionscaler.demo;

import org.jspecify.annotations.NullMarked;
