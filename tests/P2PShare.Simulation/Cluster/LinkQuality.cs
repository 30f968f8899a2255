namespace P2PShare.Simulation.Cluster;

/// <summary>What happens to the messages of one server at the moment.</summary>
internal sealed class LinkQuality
{
    /// <summary>Seconds of the longest delay of a publication.</summary>
    public double PublishDelay { get; set; } = 0.02;

    /// <summary>Seconds of the longest delay of a delivery.</summary>
    public double DeliveryDelay { get; set; } = 0.02;

    /// <summary>Of the publications, from 0 to 1. Half of those that fail are stored nevertheless.</summary>
    public double Failures { get; set; }

    /// <summary>Of the publications, from 0 to 1, that are stored twice.</summary>
    public double Duplicates { get; set; }

    public bool IsGood => this is { PublishDelay: 0.02, DeliveryDelay: 0.02, Failures: 0, Duplicates: 0 };

    public void Heal() => (PublishDelay, DeliveryDelay, Failures, Duplicates) = (0.02, 0.02, 0, 0);
}
