using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Jobs;
using P2PShare.Client.Cli.Json;
using P2PShare.Client.Text;

namespace P2PShare.Client.Cli.Commands;

/// <summary>JOBS, CANCEL and WAIT.</summary>
internal sealed class JobCommands(JobList jobs, IOutput output)
{
    public bool List()
    {
        var running = jobs.Running;
        var rows = new List<string[]>();
        foreach (var job in running)
        {
            var progress = job.Progress;
            output.Record(new OutputRecord.JobListed(
                job.Command, progress.Bytes, progress.TotalBytes, Math.Round(progress.BytesPerSecond))
            { Job = job.Number });
            rows.Add([$"[{job.Number}]", Screen.Safe(job.Command), progress.Text]);
        }

        foreach (var line in rows.Count == 0 ? [] : TextTable.LinesOf(rows))
            output.Text(line);
        output.Text(HumanFormat.Count(running.Count, "job"));
        return true;
    }

    public async Task<bool> CancelAsync(int number, CancellationToken cancellation)
    {
        if (jobs.Find(number) is not { } job)
            return Fail(number);
        job.Cancel();
        await job.Ended.WaitAsync(cancellation);
        return true;
    }

    /// <summary>Waits for a job, or for all that run now. True where they succeeded.</summary>
    public async Task<bool> WaitAsync(int? number, CancellationToken cancellation)
    {
        if (number is null)
            return (await Task.WhenAll(jobs.Running.Select(job => job.Ended)).WaitAsync(cancellation)).All(succeeded => succeeded);
        return jobs.Find(number.Value) is { } job ? await job.Ended.WaitAsync(cancellation) : Fail(number.Value);
    }

    private bool Fail(int number)
    {
        output.Error(ErrorCodes.NoSuchJob, $"No job {number} is running; JOBS lists those that are.");
        return false;
    }
}
