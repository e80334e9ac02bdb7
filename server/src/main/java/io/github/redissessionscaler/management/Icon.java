package io.github.redissessionscaler.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.input.ValueParser;

/** The icon of the page: a stair, with the number of problems on it if there are any. */
final class Icon {

    private static final int MOST = 99;

    private static final String STAIR = "<path d=\"M1 15V11h4V8h4V5h4V2h2v13z\" fill=\"#2b6cb0\"/>";

    private Icon() {}

    static Response answer(RequestParameters parameters) {
        long problems = parameters.take("problems", 0L, ValueParser.whole(0, Integer.MAX_VALUE));
        parameters.end();
        String svg =
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">" + STAIR + badge(problems) + "</svg>";
        return Response.of(200, "image/svg+xml", out -> out.write(svg.getBytes(UTF_8)));
    }

    private static String badge(long problems) {
        if (problems == 0) {
            return "";
        }
        String number = problems > MOST ? MOST + "+" : String.valueOf(problems);
        return "<circle cx=\"10\" cy=\"6\" r=\"6\" fill=\"#c2361d\"/><text x=\"10\" y=\"%s\" fill=\"#fff\" font-size=\"%s\" font-family=\"sans-serif\" font-weight=\"700\" text-anchor=\"middle\">%s</text>"
                .formatted(number.length() < 3 ? "9" : "8", number.length() < 3 ? "8" : "5", number);
    }
}
