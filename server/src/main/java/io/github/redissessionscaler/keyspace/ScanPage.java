package io.github.redissessionscaler.keyspace;

import java.util.List;

/**
 * What one SCAN returned.
 *
 * @param cursor where the next page starts; {@code "0"} after the last
 * @param keys possibly none, even before the last page; possibly some that another page has too
 */
public record ScanPage(String cursor, List<byte[]> keys) {}
