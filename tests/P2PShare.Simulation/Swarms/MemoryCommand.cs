using System.CommandLine;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Simulation.Swarms;

/// <summary>Measures what a peer remembers of the pieces of the largest file, of its own and of 25 owners of a part.</summary>
internal static class MemoryCommand
{
    private const int Owners = 25;
    private const double Mebibyte = 1024 * 1024;

    // 1 MiB for what is missing and what is verified, 12.5 for the owners, 8 for the copies of each piece, and 20 for the supply.
    private const double MostMebibytes = 42;

    public static Command Create()
    {
        var command = new Command("swarm-memory", "Measures the memory of the pieces of a file of 4 TiB with 25 owners of a part.");
        command.SetAction(_ =>
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var scheduler = FillScheduler();
            var afterScheduler = GC.GetTotalMemory(forceFullCollection: true);
            var supply = PieceSupply.Empty(Limits.MaxPieces);
            supply.Add(new PieceRange(0, Limits.MaxPieces - 1));
            var after = GC.GetTotalMemory(forceFullCollection: true);
            GC.KeepAlive(scheduler);
            GC.KeepAlive(supply);
            var total = (after - before) / Mebibyte;
            Console.WriteLine(FormattableString.Invariant(
                $"{total:F1} MiB: scheduler {(afterScheduler - before) / Mebibyte:F1}, supply {(after - afterScheduler) / Mebibyte:F1}"));
            return total <= MostMebibytes ? 0 : 1;
        });
        return command;
    }

    private static PieceScheduler FillScheduler()
    {
        var scheduler = new PieceScheduler(new Random(1));
        var file = scheduler.AddFile(new SwarmPlan(1, Owners, Limits.MaxPieces).Content);
        scheduler.Open(file, []);
        for (var owner = 0; owner < Owners; owner++)
        {
            scheduler.AddPartialSource(owner, file);
            scheduler.AddPieces(owner, file, new PieceRange(0, Limits.MaxPieces - 2));
        }

        return scheduler;
    }
}
