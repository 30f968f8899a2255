using System.Collections.Concurrent;
using P2PShare.Peer.Async;
using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using Serilog;

namespace P2PShare.Peer.Sharing;

/// <summary>
/// When a file is found changed, takes it back from the server at once, and shares it again, as what it is then, when it has
/// been still for 2 s.
/// </summary>
/// <param name="shared">Whose changes are watched.</param>
/// <param name="publisher">Tells the server.</param>
/// <param name="identifier">Tells what the file became.</param>
/// <param name="tell">Tells the user: the file, and what happened to it, in a sentence that begins with its name.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class ChangeWatch(
    SharedFiles shared, Publisher publisher, ContentIdentifier identifier, Action<SharedFile, string> tell, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Stillness = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<SharedFile, Task> _following = new();

    /// <summary>Follows every change that is noticed, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        void OnNoticed(SharedFile file) => _following.GetOrAdd(file, changed => Background.Run(() => FollowAsync(changed, cancellation)));

        shared.ChangeNoticed += OnNoticed;
        await Background.WhenEnded(Task.Delay(Timeout.Infinite, cancellation));
        shared.ChangeNoticed -= OnNoticed;
        await Task.WhenAll(_following.Values);
    }

    private async Task FollowAsync(SharedFile file, CancellationToken cancellation)
    {
        try
        {
            tell(file, "has changed since it was announced; it is withdrawn until it is still.");
            await publisher.WithdrawAsync(file.Name, cancellation);
            if (await WaitForStillnessAsync(file.Path, cancellation) && !shared.TryFind(file.Name, out _))
            {
                var again = new SharedFile(file.Name, file.Path, await identifier.IdentifyAsync(file.Path, hashed: null, cancellation));
                var refusal = (await publisher.PublishAsync([again], cancellation))[0];
                tell(file, refusal is null ? $"is shared again, as #{again.Identity.Id.Short}." : "could not be announced again.");
            }
        }
        catch (OperationCanceledException)
        {
            // The client ends.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("A changed file could not be shared again: {Reason:l}", e.Message);
            tell(file, "could not be shared again; ANNOUNCE it when it is there.");
        }
        finally
        {
            _following.TryRemove(file, out _);
        }
    }

    // False where the file is gone for good.
    private async Task<bool> WaitForStillnessAsync(string path, CancellationToken cancellation)
    {
        for (var last = FileStamp.Of(path); ;)
        {
            await Task.Delay(Stillness, time, cancellation);
            var now = FileStamp.Of(path);
            if (now == last)
                return true;
            last = now;
        }
    }
}
