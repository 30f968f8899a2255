using System.Globalization;
using System.Text;
using System.Text.Json;
using P2PShare.Protocol.Text;
using P2PShare.Server.Cluster.Status;

namespace P2PShare.Server.Administration;

/// <summary>The servers of a cluster as <c>server cluster</c> shows them.</summary>
internal static class ClusterTable
{
    private static readonly string[] Header = ["server", "since", "clients", "files", "lease", "lag", "published"];

    /// <summary>A line of headings, and a line for each server.</summary>
    public static IEnumerable<string> Text(IReadOnlyList<ListedServer> servers)
    {
        if (servers.Count == 0)
            return ["No server is in the cluster."];
        List<string[]> rows = [Header, .. servers.Select(RowOf)];
        var widths = Header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>An object a line, as JSON.md describes.</summary>
    public static IEnumerable<string> Json(IReadOnlyList<ListedServer> servers, TimeProvider time) =>
        servers.Select(server => JsonOf(server, time.GetLocalNow()));

    private static string[] RowOf(ListedServer server)
    {
        var lease = server.Lease;
        var since = DateTimeOffset.FromUnixTimeMilliseconds(lease.Started).ToLocalTime();
        return
        [
            Printable.Of(lease.Address),
            since.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            Number(lease.Counts.Sessions),
            Number(lease.Counts.Files),
            string.Create(CultureInfo.InvariantCulture, $"{server.Age.TotalSeconds:0.0} s ago"),
            string.Create(CultureInfo.InvariantCulture, $"{lease.LagMilliseconds} ms"),
            string.Create(CultureInfo.InvariantCulture, $"{lease.PublishedBytes / 1048576.0:0.0} MiB"),
        ];
    }

    private static string JsonOf(ListedServer server, DateTimeOffset now)
    {
        var lease = server.Lease;
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "server");
            writer.WriteString("time", now);
            writer.WriteString("address", lease.Address);
            writer.WriteString("id", server.Id.ToString());
            writer.WriteString("fingerprint", lease.Key?.Grouped);
            writer.WriteString("since", DateTimeOffset.FromUnixTimeMilliseconds(lease.Started));
            writer.WriteNumber("clients", lease.Counts.Sessions);
            writer.WriteNumber("files", lease.Counts.Files);
            writer.WriteNumber("parts", lease.Counts.Parts);
            writer.WriteNumber("leaseAgeMs", (long)server.Age.TotalMilliseconds);
            writer.WriteNumber("lagMs", lease.LagMilliseconds);
            writer.WriteNumber("publishedBytes", lease.PublishedBytes);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
