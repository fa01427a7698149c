
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0002_initial'),
        ('codes', '0003_classes_and_payroll_items'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='tracking_class',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='codes.trackingclass', verbose_name='class'),
        ),
        migrations.AddField(
            model_name='task',
            name='tracking_class',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='codes.trackingclass', verbose_name='class'),
        ),
    ]
