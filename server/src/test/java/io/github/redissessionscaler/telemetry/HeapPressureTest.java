package io.github.redissessionscaler.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.telemetry.HeapPressure.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class HeapPressureTest {

    private final MeasuredHeap heap = new MeasuredHeap();
    private final HeapPressure pressure = new HeapPressure(heap);

    @Test
    void risesWithWhatIsLiveAfterACollection() {
        assertThat(after(85)).isEqualTo(Level.NORMAL);
        assertThat(after(86)).isEqualTo(Level.HIGH);
        assertThat(after(92)).isEqualTo(Level.CRITICAL);
        assertThat(pressure.share()).isEqualTo(0.92);
    }

    @Test
    void doesNotChangeBetweenCollections() {
        heap.live = 99;

        assertThat(pressure.level()).isEqualTo(Level.NORMAL);
        assertThat(pressure.share()).isZero();
    }

    @Test
    void countsWhatHasComeSinceTheLastCollection() {
        var owed = new AtomicLong(10);
        pressure.count(owed::get);
        assertThat(after(50)).isEqualTo(Level.NORMAL);

        owed.set(45);
        assertThat(pressure.level()).isEqualTo(Level.NORMAL);
        owed.set(46);
        assertThat(pressure.level()).isEqualTo(Level.HIGH);
        owed.set(52);
        assertThat(pressure.level()).isEqualTo(Level.CRITICAL);
        assertThat(after(60)).isEqualTo(Level.NORMAL);
    }

    @Test
    void fallsOnlyWithAMargin() {
        assertThat(after(92)).isEqualTo(Level.CRITICAL);
        assertThat(after(90)).isEqualTo(Level.CRITICAL);
        assertThat(after(88)).isEqualTo(Level.HIGH);
        assertThat(after(84)).isEqualTo(Level.HIGH);
        assertThat(after(82)).isEqualTo(Level.NORMAL);
    }

    @Test
    void asksForReliefAfterEachCollectionThatLeavesItCritical() {
        List<Level> reliefs = new ArrayList<>();
        pressure.whenCritical(() -> reliefs.add(pressure.level()));

        after(88);
        assertThat(reliefs).isEmpty();
        after(95);
        assertThat(pressure.level()).isEqualTo(Level.CRITICAL);
        assertThat(reliefs).hasSize(1);
        after(95);
        assertThat(reliefs).hasSize(2);
    }

    @Test
    void collectsToNoticeThatItHasFallen() {
        after(95);
        pressure.check();
        assertThat(heap.calls).isZero();

        heap.live = 10;
        pressure.check();
        assertThat(heap.calls).isEqualTo(1);
        assertThat(pressure.level()).isEqualTo(Level.NORMAL);
        pressure.check();
        assertThat(heap.calls).isEqualTo(1);
    }

    @Test
    void collectsEverMoreRarelyWhileItDoesNotFall() {
        after(95);
        for (int i = 0; i < 1000; i++) {
            pressure.check();
        }

        assertThat(heap.calls).isBetween(1000 / 33, 1000 / 32 + 6);
    }

    @Test
    void measuresTheHeapOfThisProcess() {
        var own = HeapPressure.ofThisProcess();

        System.gc();

        assertThat(own.level()).isEqualTo(Level.NORMAL);
        assertThat(own.share()).isBetween(0.001, 0.8);
    }

    private Level after(long live) {
        heap.live = live;
        heap.collections++;
        return pressure.level();
    }

    private static final class MeasuredHeap implements HeapPressure.Heap {

        private long collections;
        private long live;
        private int calls;

        @Override
        public long collections() {
            return collections;
        }

        @Override
        public long live() {
            return live;
        }

        @Override
        public long size() {
            return 100;
        }

        @Override
        public void collect() {
            calls++;
            collections++;
        }
    }
}
