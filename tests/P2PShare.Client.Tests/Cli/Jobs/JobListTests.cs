using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Jobs;

namespace P2PShare.Client.Tests.Cli.Jobs;

public sealed class JobListTests
{
    private readonly JobList _jobs = new();

    [Fact]
    public async Task Job_is_listed_while_it_runs_and_its_failure_is_remembered()
    {
        var end = new TaskCompletionSource<bool>();
        var job = Start(_ => end.Task);

        _jobs.Running.Should().Equal(job);
        _jobs.HasFailed.Should().BeFalse();
        end.SetResult(false);

        (await job.Ended).Should().BeFalse();
        _jobs.Running.Should().BeEmpty();
        _jobs.Find(job.Number).Should().BeNull();
        _jobs.HasFailed.Should().BeTrue();
    }

    [Fact]
    public async Task Cancel_and_the_end_of_the_program_stop_a_job()
    {
        using var ending = new CancellationTokenSource();
        var (cancelled, ended) = (Start(RunUntilCancelledAsync), Start(RunUntilCancelledAsync, ending.Token));

        cancelled.Cancel();
        (await cancelled.Ended).Should().BeTrue();
        _jobs.Running.Should().Equal(ended);
        await ending.CancelAsync();

        (await ended.Ended).Should().BeTrue();
    }

    [Fact]
    public void Numbers_are_not_used_again()
    {
        var first = Start(_ => Task.FromResult(true));
        var second = Start(_ => Task.FromResult(true));

        (first.Number, second.Number).Should().Be((1, 2));
    }

    private static async Task<bool> RunUntilCancelledAsync(CancellationToken cancellation)
    {
        var cancelled = new TaskCompletionSource<bool>();
        await using var registration = cancellation.Register(() => cancelled.SetResult(true));
        return await cancelled.Task;
    }

    private Job Start(Func<CancellationToken, Task<bool>> run, CancellationToken ending = default) =>
        _jobs.Start(_jobs.NextNumber(), "REQUEST a", new NoProgress(), run, ending);

    private sealed class NoProgress : ITransferProgress
    {
        public string Text => "";

        public long? Bytes => null;

        public long? TotalBytes => null;

        public double BytesPerSecond => 0;
    }
}
