using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry.Storage;

/// <summary>A content that somebody shares, under one name or several.</summary>
internal struct Content : ISlot
{
    public FileIdentity Identity;

    /// <summary>The first of its ring of listings: the one whose turn is next.</summary>
    public int FirstListing;

    int ISlot.NextFree
    {
        readonly get => FirstListing;
        set => FirstListing = value;
    }
}
