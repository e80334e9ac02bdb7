package io.github.redissessionscaler.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The README in Chinese, which says the same as the one in English as far as that can be compared. */
final class TranslationTest {

    private static final String ENGLISH = "README.md";
    private static final String CHINESE = "README.zh-CN.md";

    private final Page english = Page.read(Repository.ROOT.resolve(ENGLISH));
    private final Page chinese = Page.read(Repository.ROOT.resolve(CHINESE));

    @Test
    void bothHaveTheSameOutline() {
        assertThat(levels(chinese)).isEqualTo(levels(english));
    }

    @Test
    void bothHaveTheSameCommandsAndYaml() {
        assertThat(code(chinese)).isEqualTo(code(english));
    }

    @Test
    void bothMentionTheSameKeysAndCommands() {
        assertThat(chinese.spans()).containsExactlyInAnyOrderElementsOf(english.spans());
    }

    @Test
    void bothLinkToTheSame() {
        assertThat(chinese.links().stream()
                        .map(link -> link.equals(ENGLISH) ? CHINESE : link)
                        .toList())
                .containsExactlyInAnyOrderElementsOf(english.links());
    }

    private static List<Integer> levels(Page page) {
        return page.headings().stream().map(Page.Heading::level).toList();
    }

    /** Comments may be translated. */
    private static List<Page.Block> code(Page page) {
        return page.blocks().stream()
                .map(block -> new Page.Block(block.language(), block.text().replaceAll(" *# .*", "")))
                .toList();
    }
}
