package io.github.redissessionscaler.keyspace;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Applies a function to several arguments in parallel, each on a virtual thread. */
public final class InParallel {

    /** An interruptible function. */
    public interface Task<T, R> {
        R apply(T argument) throws InterruptedException;
    }

    private InParallel() {}

    /**
     * The results in the order of the arguments.
     *
     * @throws InterruptedException if the caller is interrupted; the tasks are too, and have ended
     * @throws RuntimeException if a task throws it; the others are interrupted and have ended
     */
    public static <T, R> List<R> map(List<T> arguments, Task<T, R> task) throws InterruptedException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                return results(arguments, task, executor);
            } finally {
                executor.shutdownNow();
            }
        }
    }

    /**
     * The same for tasks that end soon by themselves. They are not interrupted: after a failure the others go on, and their
     * results are discarded.
     *
     * @throws InterruptedException if the caller is interrupted
     * @throws RuntimeException if a task throws it
     */
    public static <T, R> List<R> mapUninterrupted(List<T> arguments, Task<T, R> task) throws InterruptedException {
        return results(arguments, task, Thread::startVirtualThread);
    }

    private static <T, R> List<R> results(List<T> arguments, Task<T, R> task, Executor executor)
            throws InterruptedException {
        if (arguments.size() == 1) {
            return List.of(task.apply(arguments.getFirst()));
        }
        var completed = new ExecutorCompletionService<R>(executor);
        List<Future<R>> futures = new ArrayList<>();
        for (T argument : arguments) {
            Callable<R> callable = () -> task.apply(argument);
            futures.add(completed.submit(callable));
        }
        for (int i = 0; i < futures.size(); i++) {
            result(completed.take());
        }
        List<R> results = new ArrayList<>();
        for (Future<R> future : futures) {
            results.add(result(future));
        }
        return results;
    }

    private static <R> R result(Future<R> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case KeyspaceException failure -> throw failure;
                case InterruptedException interruption -> throw interruption;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
