namespace P2PShare.EndToEnd.Tests.Running;

/// <summary>A test of programs that find no OpenSSL; it is skipped where that cannot be arranged.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HiddenOpenSslTheoryAttribute : TheoryAttribute
{
    public HiddenOpenSslTheoryAttribute()
    {
        if (!HiddenOpenSsl.IsPermitted)
            Skip = "This system permits no mount namespace.";
    }
}
