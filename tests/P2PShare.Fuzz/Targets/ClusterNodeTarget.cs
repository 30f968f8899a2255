using System.Net;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Cluster;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Servers;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry;
using P2PShare.Server.Tests.Cluster;

namespace P2PShare.Fuzz.Targets;

/// <summary>
/// A node of a cluster that receives valid, mutated and random messages, under its own id, too, in any order with connections and results:
/// it does not fail, keeps its bounds, and at the end has nothing of a server that is silent.
/// </summary>
internal sealed class ClusterNodeTarget : IFuzzTarget
{
    private const int Steps = 200;
    private const int Servers = 5;
    private static readonly ClusterBounds Bounds = new() { MaxServers = 3, MaxPagesPerServer = 4, MaxDeparted = 2 };

    public string Name => "node of a cluster";

    public Task RunCaseAsync(Mutator mutator)
    {
        using var run = new NodeRun(mutator);
        for (var step = 0; step < Steps; step++)
            run.Step();
        run.CheckEnd();
        return Task.CompletedTask;
    }

    private sealed class NodeRun : IClusterOutput, IDisposable
    {
        private readonly Mutator _mutator;
        private readonly Random _random;
        private readonly PageRegistryModel _registry = new(itemsInPage: 2);
        private readonly SessionDirectory _directory = new();
        private readonly ClusterSubjects _subjects = new("home");
        private readonly ClusterNode _node;
        private TimeSpan _now;
        private long _lastPublication;
        private bool _isConnected;

        public NodeRun(Mutator mutator)
        {
            (_mutator, _random) = (mutator, mutator.Random);
            var self = new ClusterSelf("example.org:1", null, 0, () => default, () => new ServerId((ulong)_random.Next(Servers)));
            _node = new ClusterNode(_subjects, self, _registry, _directory, this, Bounds);
            UserName.TryParse("x"u8, out var user, out _).MustSatisfy(parsed => parsed, "the name is valid");
            new SessionPresence(_directory, IPAddress.Loopback, null, 1).Rename(user);
        }

        public void Step()
        {
            _now += TimeSpan.FromSeconds(_random.NextDouble() * (_random.Next(20) == 0 ? 30 : 1));
            switch (_random.Next(12))
            {
                case 0:
                    _isConnected = true;
                    _node.Connected(_now);
                    break;
                case 1 when _random.Next(3) == 0:
                    _isConnected = false;
                    _node.Disconnected(_now);
                    break;
                case 2:
                    ChangeRegistry();
                    break;
                case 3:
                    _node.Published(_random.NextInt64(1, _lastPublication + 2), _random.Next(2) == 0, _now);
                    break;
                case < 6:
                    _node.Tick(_now);
                    break;
                default:
                    Receive();
                    break;
            }

            _registry.RemotePages.MustSatisfy(
                pages => pages.Count <= Bounds.MaxServers * Bounds.MaxPagesPerServer, "the pages of other servers are bounded");
        }

        public void CheckEnd()
        {
            _isConnected = false;
            _node.Disconnected(_now);
            _now += TimeSpan.FromDays(1);
            _node.Tick(_now);
            _registry.RemotePages.MustSatisfy(pages => pages.Count == 0, "silent servers are forgotten");
            _directory.Count.MustSatisfy(count => count == 0, "the sessions of silent servers are removed");
            _isConnected = true;
            _node.Connected(_now);
            _node.Leave(_now);
            _isConnected = false;
            _node.Connected(_now);
            _node.Tick(_now);
        }

        public void Publish(string subject, ReadOnlyMemory<byte> payload, long publication)
        {
            _isConnected.MustSatisfy(connected => connected, "nothing is published without a connection");
            _subjects.TryParse(subject, out _, out var page).MustSatisfy(parsed => parsed, "a node publishes under its subjects");
            var isValid = page is null ? LeaseMessage.TryRead(payload, out _) : PageMessage.TryReadHeader(payload, out _);
            isValid.MustSatisfy(valid => valid, "a node publishes what it would accept");
            _lastPublication = publication;
        }

        public void Purge(ServerId server, long notHeardSince) =>
            _isConnected.MustSatisfy(connected => connected, "nothing is purged without a connection");

        public void Replay()
        {
        }

        public void Dispose() => _node.Dispose();

        private void Receive()
        {
            var version = _random.Next(10) == 0 ? _random.NextInt64(1, MessageBounds.MaxVersion + 1) : _random.Next(1, 200);
            var server = new ServerId((ulong)_random.Next(Servers));
            var isLease = _random.Next(3) == 0;
            var message = isLease ? ClusterSamples.Lease(_random, version, (uint)_random.Next(6))
                : _random.Next(4) == 0 ? ClusterSamples.Tombstone(version) : ClusterSamples.Page(_random, version);
            if (_random.Next(3) == 0)
                message = _mutator.ChangeBytes(message);
            var page = _random.Next(10) == 0 ? int.MaxValue : _random.Next(6);
            var subject = isLease != (_random.Next(20) == 0) ? _subjects.Lease(server) : _subjects.Page(server, page);
            var stored = _now.Ticks + TimeSpan.FromSeconds(_random.Next(-20, 2)).Ticks;
            _node.Received(subject, message, stored, _now);
        }

        private void ChangeRegistry()
        {
            FileName.TryParse($"n{_random.Next(6)}", out var name, out _).MustSatisfy(parsed => parsed, "the name is valid");
            if (_random.Next(2) == 0)
                _registry.Remove(1, name);
            else
                _registry.Put(new FileEntry(1, name, PeerAddress.Create(IPAddress.Loopback, 1), null));
        }
    }
}
