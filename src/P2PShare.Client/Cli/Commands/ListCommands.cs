using System.Globalization;
using System.Text;
using P2PShare.Client.Cli.Display;
using P2PShare.Client.Text;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Commands;

/// <summary>The commands that print a table: LIST_FILES, SEARCH and SHARED.</summary>
internal sealed class ListCommands(IndexClient index, SharedFiles shared, Screen screen)
{
    /// <summary>Rows that are printed: nobody reads more, and a program should use SEARCH.</summary>
    private const int MaxRowsShown = 100_000;

    // Bounds the memory of the table: so many rows with names of a thousand letters would take a few hundred megabytes.
    private const int MaxLettersShown = 16 * 1024 * 1024;

    public async Task<bool> ListFilesAsync(CancellationToken cancellation)
    {
        var table = new Table("NAME", "SIZE", "ID", "OWNER");
        var total = await index.UseAsync(async connection =>
        {
            var count = 0;
            void Add(FileName name, FileIdentity? identity, PeerAddress owner)
            {
                count++;
                if (table.Rows < MaxRowsShown && table.Letters < MaxLettersShown)
                    table.Add(name, SizeOf(identity), IdOf(identity), owner.ToString());
            }

            if (connection.Features.HasFlag(Features.Swarm))
                await connection.ListSharesAsync(default, row => Add(row.Name, row.Identity, row.Owner), cancellation);
            else
                await connection.ListFilesAsync(row => Add(row.Name, null, row.Owner), cancellation);
            return count;
        }, cancellation);
        table.Print(screen, total, "file", total > table.Rows ? $"only the first {table.Rows} are shown; SEARCH finds the rest" : null);
        return true;
    }

    public async Task<bool> SearchAsync(string text, CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Search))
        {
            screen.WriteError("This server does not know SEARCH; LIST_FILES shows everything.");
            return false;
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length > Limits.MaxSearchBytes || utf8.AsSpan().IndexOfAnyInRange((byte)0, (byte)31) >= 0)
        {
            screen.WriteError($"SEARCH takes up to {Limits.MaxSearchBytes} bytes of text, with no control character in it.");
            return false;
        }

        var table = new Table("NAME", "SIZE", "ID", "OWNERS");
        var (hits, hasMore) = await index.UseAsync(async connection =>
        {
            var count = 0;
            var more = await connection.SearchAsync(utf8, row =>
            {
                if (count++ < Limits.MaxSearchHits)
                    table.Add(row.Name, SizeOf(row.Identity), IdOf(row.Identity), row.Owners.ToString(CultureInfo.InvariantCulture));
            }, cancellation);
            return (count, more);
        }, cancellation);
        table.Print(screen, hits, "hit", hasMore ? "there are more; a longer text finds fewer" : null);
        return true;
    }

    public bool PrintShared()
    {
        var table = new Table("NAME", "SIZE", "ID", "UPLOADED", "PATH");
        var (files, parts) = (shared.Snapshot(), shared.Parts());
        foreach (var file in files)
            table.Add(file.Name, SizeOf(file.Identity), IdOf(file.Identity), HumanFormat.Bytes(file.BytesServed), Screen.Safe(file.Path));
        foreach (var part in parts)
            table.Add(part.Name, SizeOf(part.Identity), IdOf(part.Identity), HumanFormat.Bytes(part.Uploads.Bytes), Progress(part));
        table.Print(screen, files.Count + parts.Count, "file", null);
        return true;
    }

    private static string Progress(SharedPart part) => $"(being fetched, {100L * part.Supply.Count / part.Identity.PieceCount} % there)";

    private static string SizeOf(FileIdentity? identity) => identity is { } known ? HumanFormat.Bytes(known.Size) : "-";

    private static string IdOf(FileIdentity? identity) => identity is { } known ? known.Id.Short : "-";

    private sealed class Table(params string[] header)
    {
        private readonly List<string[]> _rows = [header];

        public int Rows => _rows.Count - 1;

        /// <summary>The length of all names together.</summary>
        public int Letters { get; private set; }

        public void Add(FileName name, params string[] cells)
        {
            var shown = Screen.Safe(name.ToString());
            Letters += shown.Length;
            _rows.Add([shown, .. cells]);
        }

        public void Print(Screen screen, long count, string thing, string? remark)
        {
            if (_rows.Count > 1)
            {
                foreach (var line in TextTable.LinesOf(_rows))
                    screen.WriteLine(line);
            }

            screen.WriteLine(HumanFormat.Count(count, thing) + (remark is null ? "" : $"; {remark}"));
        }
    }
}
