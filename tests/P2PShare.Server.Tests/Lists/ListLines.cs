using System.Buffers;
using System.Text;
using P2PShare.Server.Configuration;
using P2PShare.Server.Lists;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;
using P2PShare.Server.Tests.Registry;

namespace P2PShare.Server.Tests.Lists;

/// <summary>The lines of a list, as its reader receives them.</summary>
internal static class ListLines
{
    /// <summary>All lines. <paramref name="betweenPages"/> runs between two pages.</summary>
    public static List<string> Of(PagedList list, Action? betweenPages = null)
    {
        var output = new ArrayBufferWriter<byte>();
        using (list)
        {
            while (!list.WriteNextPage(output))
                betweenPages?.Invoke();
        }

        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        text.Should().EndWith("\n");
        return [.. text[..^1].Split('\n')];
    }

    public static InMemoryFileRegistry RegistryOf(params IEnumerable<FileEntry> entries)
    {
        var registry = new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default);
        registry.PutAll(entries);
        return registry;
    }
}
