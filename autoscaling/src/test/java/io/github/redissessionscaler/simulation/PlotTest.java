package io.github.redissessionscaler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class PlotTest {

    @Test
    void drawsAPanelForEachSetupAndSaysWhatIsWhat() throws Exception {
        LoadCurve curve =
                LoadCurveReader.read(Stream.of("08:00,100", "10:00,950", "11:00,-", "11:30,900", "14:00,300"));
        List<Outcome> outcomes = Stream.of(Map.of("minReplicaCount", "1"), Map.of("tolerance", "0"))
                .map(settings ->
                        Simulation.run(curve, ScenarioSettings.of(settings).read("<" + settings + " & co>"), 100))
                .toList();

        Document svg = parse(Plot.draw(curve, outcomes, 100));

        assertThat(texts(svg))
                .contains("<{tolerance=0} & co>", "sessions", "replicas", "time", "08:00", "11:00", "Redis unavailable")
                .contains("what the replicas can take, 100 each")
                .anyMatch(text -> text.startsWith("overloaded "));
        assertThat(ofClass(svg, "capacity")).hasSize(2 + 1);
        assertThat(ofClass(svg, "unavailable")).hasSize(2 + 1);
        assertThat(ofClass(svg, "overload").size()).isGreaterThan(2);
        assertThat(svg.getElementsByTagName("style").item(0).getTextContent()).contains("prefers-color-scheme: dark");
    }

    @Test
    void drawsNoMoreThanThePictureCanShow() throws Exception {
        LoadCurve curve = LoadCurveReader.read(IntStream.range(0, 20_000)
                .mapToObj(second -> second * 60 + "," + (second % 7 == 0 ? 500 + second % 11 : 90)));
        Outcome outcome = Simulation.run(curve, ScenarioSettings.of(Map.of()).read("restless"), 100);

        String picture = Plot.draw(curve, List.of(outcome), 100);

        assertThat(outcome.overloads().size()).isGreaterThan(1000);
        assertThat(ofClass(parse(picture), "overload").size()).isLessThan(900);
        assertThat(picture.length()).isLessThan(100_000);
    }

    @Test
    void drawsACurveWithoutSessions() throws Exception {
        LoadCurve curve = LoadCurveReader.read(Stream.of("0,0", "60,0"));
        Outcome outcome = Simulation.run(
                curve, ScenarioSettings.of(Map.of("activationSessionSize", "0")).read("none"), 0.5);

        assertThat(texts(parse(Plot.draw(curve, List.of(outcome), 0.5)))).contains("none");
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> texts(Document svg) {
        return elements(svg, "text").map(Element::getTextContent).toList();
    }

    private static List<Element> ofClass(Document svg, String name) {
        return elements(svg, "*")
                .filter(element -> element.getAttribute("class").equals(name))
                .toList();
    }

    private static Stream<Element> elements(Document svg, String tag) {
        NodeList nodes = svg.getElementsByTagName(tag);
        return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item).map(Element.class::cast);
    }
}
