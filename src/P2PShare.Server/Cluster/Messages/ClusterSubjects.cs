using System.Globalization;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Cluster.Messages;

/// <summary>
/// The subjects of a cluster: <c>p2pshare.CLUSTER.SERVER.lease</c> and <c>p2pshare.CLUSTER.SERVER.PAGE</c>. The stream keeps the newest
/// message of each.
/// </summary>
internal sealed class ClusterSubjects
{
    private const string LeaseToken = "lease";
    private const int MaxPageDigits = 10;

    private readonly string _cluster;
    private readonly string _prefix;

    /// <exception cref="ArgumentException">The name is not one that <see cref="ClusterSettings.IsName"/> accepts.</exception>
    public ClusterSubjects(string cluster)
    {
        if (!ClusterSettings.IsName(cluster))
            throw new ArgumentException("A cluster's name has 1 to 32 characters of a-z, 0-9 and '-'.", nameof(cluster));
        (_cluster, _prefix) = (cluster, $"p2pshare.{cluster}.");
    }

    /// <summary>All subjects of the cluster, for a stream and its consumers.</summary>
    public string All => _prefix + ">";

    /// <summary>The subjects of all leases.</summary>
    public string AllLeases => $"{_prefix}*.{LeaseToken}";

    public string Lease(ServerId server) => $"{_prefix}{server}.{LeaseToken}";

    /// <param name="server">Whose page.</param>
    /// <param name="page">0 or more.</param>
    public string Page(ServerId server, int page) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{server}.{page}");

    /// <summary>
    /// The filter of a purge that removes all messages of one server from the cluster's stream, which has no subjects but those below
    /// <see cref="All"/>.
    /// </summary>
    /// <remarks>
    /// The first token is a wildcard, so that the filter is no subset of <see cref="All"/>. With a purge whose filter is one, NATS before
    /// 2.9.14 moves every consumer of <see cref="All"/> behind the last message of the stream (<c>purge</c> in its server/stream.go): a
    /// replay ends there, and of what was stored at that moment nothing comes to anybody.
    /// </remarks>
    public string PurgeOf(ServerId server) => $"*.{_cluster}.{server}.>";

    /// <summary>Accepts only what <see cref="Lease"/> and <see cref="Page"/> write.</summary>
    /// <param name="subject">Any text.</param>
    /// <param name="server">Whose message it is.</param>
    /// <param name="page">Null where the subject is that of the lease.</param>
    public bool TryParse(ReadOnlySpan<char> subject, out ServerId server, out int? page)
    {
        (server, page) = (default, null);
        var idEnd = _prefix.Length + ServerId.HexLength;
        if (subject.Length <= idEnd + 1 || !subject.StartsWith(_prefix, StringComparison.Ordinal) || subject[idEnd] != '.')
            return false;
        var token = subject[(idEnd + 1)..];
        return ServerId.TryParse(subject[_prefix.Length..idEnd], out server)
            && (token.SequenceEqual(LeaseToken) || TryParsePage(token, out page));
    }

    private static bool TryParsePage(ReadOnlySpan<char> token, out int? page)
    {
        page = null;

        // The framework's parser accepts NUL characters behind the digits.
        var isCanonical = token.Length <= MaxPageDigits
            && (token.Length == 1 || token[0] != '0')
            && !token.ContainsAnyExceptInRange('0', '9');
        if (!isCanonical || !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        page = number;
        return true;
    }
}
