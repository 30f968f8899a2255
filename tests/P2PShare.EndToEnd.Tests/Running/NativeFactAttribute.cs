using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Running;

/// <summary>A test of what only native programs can do; it is skipped where <c>dotnet publish</c> found no linker.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute()
    {
        if (!Programs.AreNative)
            Skip = "The programs are not native.";
    }
}
