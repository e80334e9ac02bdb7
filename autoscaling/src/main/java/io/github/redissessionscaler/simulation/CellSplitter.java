package io.github.redissessionscaler.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Splits lines of CSV into cells without white space around them. A quoted cell may hold separators and doubled quotes. */
record CellSplitter(char separator) {

    /** With the separator of this line: a tab, else a semicolon, else a comma, outside of quotes. */
    static CellSplitter of(String line) {
        return Stream.of('\t', ';')
                .map(CellSplitter::new)
                .filter(splitter -> splitter.split(line).size() > 1)
                .findFirst()
                .orElseGet(() -> new CellSplitter(','));
    }

    List<String> split(String line) {
        List<String> cells = new ArrayList<>();
        var cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char next = line.charAt(i);
            if (next == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append(next);
                i++;
            } else if (next == '"') {
                quoted = !quoted;
            } else if (next == separator && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(next);
            }
        }
        cells.add(cell.toString().strip());
        return List.copyOf(cells);
    }
}
