from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def as_it_was_booked(apps, schema_editor):
    """Until now the country was the seller's: so the books have it."""
    seller, line = apps.get_model("sellers", "Seller"), apps.get_model("commerce", "OrderLine")
    country = seller.objects.filter(pk=OuterRef("seller")).values("country")
    line.objects.exclude(commission_tax_minor=0).update(commission_tax_country=Subquery(country))


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0006_bulk_refund"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="commission_tax_country",
            field=models.CharField(blank=True, default="", max_length=2),
            preserve_default=False,
        ),
        migrations.RunPython(as_it_was_booked, migrations.RunPython.noop, elidable=True),
    ]
