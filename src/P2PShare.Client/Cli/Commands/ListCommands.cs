using System.Globalization;
using System.Text;
using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Input;
using P2PShare.Client.Cli.Json;
using P2PShare.Client.Cli.Syntax;
using P2PShare.Client.Text;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Commands;

/// <summary>The commands that print a table: LIST_FILES, SEARCH and SHARED.</summary>
internal sealed class ListCommands(
    IndexClient index, SharedFiles shared, RequesterFetches fetches, IOutput output, Pager pager)
{
    /// <summary>Rows that are printed: nobody reads more, and a program should use SEARCH.</summary>
    private const int MaxRowsShown = 100_000;

    // Bounds the memory of the table: so many rows with names of a thousand letters would take a few hundred megabytes.
    private const int MaxLettersShown = 16 * 1024 * 1024;

    public async Task<bool> ListFilesAsync(Command.ListFiles command, CancellationToken cancellation)
    {
        var listing = new FileListing(command.Text, command.ListsOwners, MaxRowsShown, MaxLettersShown);
        await index.UseAsync(async connection =>
        {
            // The exchange is repeated where the connection is lost in it.
            listing.Clear();
            if (connection.Features.HasFlag(Features.Swarm))
                await connection.ListSharesAsync(default, row => listing.Add(row.Name, row.Identity, row.Owner), cancellation);
            else
                await connection.ListFilesAsync(row => listing.Add(row.Name, null, row.Owner), cancellation);
            return true;
        }, cancellation);

        var rows = listing.Rows();
        var names = await OwnerNames.FindAsync(index, rows.Select(row => row.Owner), cancellation);
        foreach (var row in output.IsJson ? rows : [])
        {
            output.Record(new OutputRecord.ListedFile(
                row.Name.ToString(),
                row.Identity?.Size,
                row.Identity?.Id.ToString(),
                row.Owner.ToString(),
                names.Of(row.Owner),
                row.Owners));
        }

        var table = new Table("NAME", "SIZE", "ID", "OWNER");
        foreach (var row in output.IsJson ? [] : rows)
            table.Add(row.Name, SizeOf(row.Identity), IdOf(row.Identity), OwnersOf(row, names));
        var remark = listing.IsComplete ? null : $"only the first {rows.Count} are shown; LIST_FILES <text> or SEARCH finds the rest";
        await table.PrintAsync(pager, cancellation);
        output.Result(new OutputRecord.ListEnd(listing.Count, listing.IsComplete), Total(listing.Count, "file", remark));
        return true;
    }

    public async Task<bool> SearchAsync(string text, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Search))
        {
            output.Error(ErrorCodes.Unsupported, "This server does not know SEARCH; LIST_FILES <text> finds names, too.");
            return false;
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length > Limits.MaxSearchBytes || utf8.AsSpan().IndexOfAnyInRange((byte)0, (byte)31) >= 0)
        {
            var rule = $"SEARCH takes up to {Limits.MaxSearchBytes} bytes of text, with no control character in it.";
            output.Error(ErrorCodes.Usage, rule);
            return false;
        }

        var table = new Table("NAME", "SIZE", "ID", "OWNERS");
        var (hits, hasMore) = await index.UseAsync(async connection =>
        {
            var count = 0;
            var more = await connection.SearchAsync(utf8, row =>
            {
                if (count++ >= Limits.MaxSearchHits)
                    return;
                output.Record(new OutputRecord.Hit(
                    row.Name.ToString(), row.Identity?.Size, row.Identity?.Id.ToString(), (int)row.Owners));
                table.Add(row.Name, SizeOf(row.Identity), IdOf(row.Identity), row.Owners.ToString(CultureInfo.InvariantCulture));
            }, cancellation);
            return (count, more);
        }, cancellation);
        await table.PrintAsync(pager, cancellation);
        var remark = hasMore ? "there are more; a longer text finds fewer" : null;
        output.Result(new OutputRecord.SearchEnd(hits, !hasMore), Total(hits, "hit", remark));
        return true;
    }

    public async Task<bool> PrintSharedAsync(CancellationToken cancellation)
    {
        var table = new Table("NAME", "SIZE", "ID", "UPLOADED", "PATH");
        var (files, parts) = (shared.Snapshot(), shared.Parts());
        foreach (var file in files.OrderBy(file => file.Name.ToString(), NaturalOrder.Instance))
        {
            var (name, id, size) = (file.Name.ToString(), file.Identity.Id.ToString(), file.Identity.Size);
            output.Record(new OutputRecord.Sharing(name, size, id, file.BytesServed, file.Path, 100));
            table.Add(file.Name, SizeOf(file.Identity), IdOf(file.Identity), HumanFormat.Bytes(file.BytesServed), Screen.Safe(file.Path));
            AddRequesters(table, file.Identity.Id);
        }

        foreach (var part in parts)
        {
            var (name, id, size) = (part.Name.ToString(), part.Identity.Id.ToString(), part.Identity.Size);
            output.Record(new OutputRecord.Sharing(name, size, id, part.Uploads.Bytes, null, PercentOf(part)));
            var progress = $"(being fetched, {PercentOf(part)} % there)";
            table.Add(part.Name, SizeOf(part.Identity), IdOf(part.Identity), HumanFormat.Bytes(part.Uploads.Bytes), progress);
            AddRequesters(table, part.Identity.Id);
        }

        var count = files.Count + parts.Count;
        await table.PrintAsync(pager, cancellation);
        output.Result(new OutputRecord.SharedEnd(count), Total(count, "file", null));
        return true;
    }

    // Below the row of the file: who fetches it, how much in this fetch, and how fast.
    private void AddRequesters(Table table, FileId id)
    {
        foreach (var fetch in fetches.Of(id))
        {
            var address = fetch.Requester.ToString();
            output.Record(new OutputRecord.Requester(
                fetch.Name.ToString(), id.ToString(), address, fetch.Bytes, Math.Round(fetch.BytesPerSecond)));
            table.Add($"  to {address}", "", "", HumanFormat.Bytes(fetch.Bytes), $"{HumanFormat.Bytes(fetch.BytesPerSecond)}/s");
        }
    }

    private static int PercentOf(SharedPart part) => (int)(100L * part.Supply.Count / part.Identity.PieceCount);

    private static string SizeOf(FileIdentity? identity) => identity is { } known ? HumanFormat.Bytes(known.Size) : "-";

    private static string IdOf(FileIdentity? identity) => identity is { } known ? known.Id.Short : "-";

    // 192.0.2.1:9001 (ayse) +2
    private static string OwnersOf(FileListing.Row row, OwnerNames names)
    {
        var user = names.Of(row.Owner) is { } name ? $" ({Screen.Safe(name)})" : "";
        var others = row.Owners > 1 ? $" +{row.Owners - 1}" : "";
        return $"{row.Owner}{user}{others}";
    }

    private static string Total(long count, string thing, string? remark) =>
        HumanFormat.Count(count, thing) + (remark is null ? "" : $"; {remark}");

    private sealed class Table(params string[] header)
    {
        private readonly List<string[]> _rows = [header];

        public void Add(FileName name, params string[] cells) => Add(Screen.Safe(name.ToString()), cells);

        public void Add(string printable, params string[] cells) => _rows.Add([printable, .. cells]);

        public Task PrintAsync(Pager pager, CancellationToken cancellation) =>
            _rows.Count == 1 ? Task.CompletedTask : pager.PrintAsync(TextTable.LinesOf(_rows), cancellation);
    }
}
