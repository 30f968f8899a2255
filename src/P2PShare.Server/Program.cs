using P2PShare.Server.Administration;
using P2PShare.Server.Configuration;
using P2PShare.Server.Logging;
using P2PShare.Server.Output;
using Serilog;

namespace P2PShare.Server;

/// <summary>What surrounds the server: arguments, the log, signals and the exit code.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments) => MemberCommands.Are(arguments)
        ? new MemberCommands(Environment.GetEnvironmentVariable, TimeProvider.System).Invoke(arguments, Console.Error)
        : ClusterCommand.Is(arguments)
        ? await new ClusterCommand(Environment.GetEnvironmentVariable, TimeProvider.System).InvokeAsync(arguments, Console.Error)
        : await CommandLine.InvokeAsync(arguments, Environment.GetEnvironmentVariable, Console.Error, RunAsync);

    private static async Task<int> RunAsync(ServerOptions options)
    {
        IConsoleFormat format = options.IsJson ? new JsonFormat(TimeProvider.System) : new TextFormat();
        LogFile file;
        try
        {
            file = LogFile.Open(options.Log, options.LogIsJson);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var message = $"cannot write the log: {e.Message} Name another file with --log FILE.";
            return Fail(format, new ServerFailure(ExitCodes.Failed, FailureCodes.LogFailed, message));
        }

        await using var log = ServerLog.Create(options, file, Console.Out, format);
        var manager = ServiceManager.OfEnvironment();
        using var signals = new StopSignals(manager.IsPresent ? () => ReopenLog(file, manager, log) : null);
        var failure = await new ServerProgram(options, format, manager, log).RunAsync(signals.Token);
        return failure is null ? ExitCodes.Ok : Fail(format, failure);
    }

    private static void ReopenLog(LogFile file, ServiceManager manager, ILogger log)
    {
        manager.Reloading();
        try
        {
            file.Reopen();
            log.Information("the log file was opened anew");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Error("the log file cannot be opened anew, the old one is written on: {Reason:l}", e.Message);
        }

        manager.Ready();
    }

    private static int Fail(IConsoleFormat format, ServerFailure failure)
    {
        if (format.Failed(failure) is { } line)
            Console.WriteLine(line);
        Console.Error.WriteLine($"server: {failure.Message}");
        return failure.ExitCode;
    }
}
